// Context labels (FORMATS.md section 1). Every derivation and signature takes its label from here.
import { utf8 } from './bytes.js';

const L = (s) => utf8('davylamp/v1 ' + s);

export const FRAME = L('frame');
export const ANSWER = L('answer');
export const CASE = L('case');
export const ENTRY = L('entry');
export const COINS = L('coins');
export const DUMMY = L('dummy');
export const OPENED = L('opened');
export const STATEMENT = L('statement');
export const SOURCE_SIGN = L('source sign');
export const SOURCE_SEAL = L('source seal');
export const MARK = L('mark');
export const LEAF = L('leaf');
export const REWARD = L('reward');
