/**
 * XEP-0092 Software Version 1.1 (2007-02-15): what runs here.
 * Answers for the service; channels have no version (GEN-45).
 * Does not tell the operating system.
 * Always: the same answer for everybody.
 * Before: service/extensions.ts.
 */
import type { Extension } from '../extension.ts';
import { buildVersion, NS } from './wire.ts';

export const version: Extension = {
  iq: [
    {
      on: 'service',
      types: ['get'],
      ns: NS,
      name: 'query',
      run: (_, { settings }) => ({ payload: buildVersion({ name: 'Vizard', version: settings.version }) }),
    },
  ],
  features: [{ on: 'service', feature: NS }],
};
