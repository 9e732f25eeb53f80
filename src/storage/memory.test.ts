/**
 * The memory store under the contract.
 * Owns nothing else.
 * Does not test durability, which it has not.
 * Always: three lines.
 * Before: storage/contract.ts. After: storage/sqlite/sqlite.test.ts.
 */
import { storeContract } from './contract.ts';
import { memoryStore } from './memory.ts';

storeContract('memory', () => Promise.resolve({ store: memoryStore() }));
