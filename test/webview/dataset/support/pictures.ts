/** Made-up pictures: a disc on a background, in colours all around the wheel. */
export async function makePictures(side: number): Promise<Uint8Array[]> {
  const pngs: Uint8Array[] = [];
  for (let i = 0; i < 32; i++) {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext('2d')!;
    context.fillStyle = `hsl(${(i * 360) / 32} 50% 50%)`;
    context.fillRect(0, 0, side, side);
    context.fillStyle = `hsl(${(i * 360) / 32 + 150} 60% 40%)`;
    context.beginPath();
    context.arc(side / 2, side / 2, side / (3 + (i % 3)), 0, 2 * Math.PI);
    context.fill();
    pngs.push(new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer()));
  }
  return pngs;
}
