/**
 * XEP-0092 Software Version 1.1 (2007-02-15): the answer, both ways.
 * Reads what was written, and refuses what lacks a part.
 * Does not know our version.
 * Always: what is written reads as what it was written from.
 * Before: xep/0092-version/wire.ts. After: service/extensions.ts.
 */
import { expect, test } from 'vitest';
import { buildVersion, buildVersionQuery, parseVersion } from './wire.ts';

test('a version is read as it was written', () => {
  const version = { name: 'Vizard', version: '1', os: undefined };
  expect(parseVersion(buildVersion(version))).toEqual(version);
  expect(parseVersion(buildVersion({ ...version, os: 'x' })).os).toBe('x');
});

test('a version without its parts is refused', () => {
  expect(() => parseVersion(buildVersionQuery())).toThrow(
    expect.objectContaining({ condition: 'bad-request' }),
  );
});
