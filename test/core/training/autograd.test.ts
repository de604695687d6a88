/** Of all families in the nightly tests. */
import { familiesOf } from '../../support/families';

describe('weight gradients of small networks', () => {
  familiesOf(['densenet', 'shufflenet', 'convnext', 'vit']);
});
