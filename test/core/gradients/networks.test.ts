import { gradientsOf } from '../../support/networks';

describe('input gradients of networks at 224 x 224', () => {
  gradientsOf(['mobilenet_v3_large']);
});
