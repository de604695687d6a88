/** logits = W x + b, with W [rows, K]. */
export interface Linear {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}
