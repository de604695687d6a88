/** stub */
import type { Device, DeviceChoice } from '../core/types';
import type { DeviceReport } from '../protocol/requests';
export function createDevices() {
  return {
    choose: async (choice: DeviceChoice): Promise<Device> => (choice === 'auto' ? 'cpu' : choice),
    report: async (): Promise<readonly DeviceReport[]> => [],
  };
}
