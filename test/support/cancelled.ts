/** Exports that are cancelled. */
import type { CancelSignal, Service } from '../../src/protocol/requests';

/** A service whose exports get a signal. */
export const withSignal = (service: Service, signal: CancelSignal): Service => ({
  ...service,
  export: (params, context) => service.export(params, { ...context, signal }),
});
