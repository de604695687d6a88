import { gradientsOf } from '../support/networks';

describe('input gradients of large networks at 224 x 224', () => {
  gradientsOf(['resnet50', 'vgg11', 'densenet121', 'googlenet']);
});
