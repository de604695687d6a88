import { familiesOf } from '../support/families';

describe('weight gradients of small networks of all families', () => {
  familiesOf([
    ...['alexnet', 'efficientnet', 'efficientnet_v2', 'googlenet', 'inception', 'maxvit', 'mnasnet', 'mobilenet_v2'],
    ...['mobilenet_v3', 'regnet_x', 'regnet_y', 'resnet', 'resnext', 'squeezenet', 'swin', 'vgg', 'vgg_bn'],
  ]);
});
