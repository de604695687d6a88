import { gradientsOf } from '../support/networks';

describe('input gradients of more networks at 224 x 224', () => {
  gradientsOf(['mobilenet_v2', 'efficientnet_b0', 'resnet50', 'vgg11', 'densenet121', 'googlenet', 'squeezenet1_0']);
});
