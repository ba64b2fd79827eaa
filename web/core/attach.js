// Attachments: an age file with its own file key, padded to a size class and cut into parts (FORMATS.md
// section 8).
import { putU64 } from './bytes.js';
import { sha256 } from './hash.js';
import { sealedLen, sealing } from './age.js';
import { BODY_LEN } from './frame.js';
import { inSteps } from './steps.js';

export const CLASSES = [65536, 262144, 1048576, 4194304];
export const LOUD = 262144; // above this the amount of traffic is visible, and the page says so

export const classOf = (len) => CLASSES.find((c) => len + 8 <= c) || 0;
export const partsOf = (cls) => Math.ceil(sealedLen(cls) / BODY_LEN);

// content: Uint8Array; keys: four in stanza order, made for this file key. In steps.
export async function sealAttachment(content, fileKey, nonce, keys, id, pause) {
	const cls = classOf(content.length);
	if (!cls) throw new Error('attachment too long');
	const plain = new Uint8Array(cls);
	putU64(plain, 0, content.length);
	plain.set(content, 8);
	const file = await inSteps(sealing(fileKey, keys, id, nonce, plain), pause);
	plain.fill(0);
	return { file, cls, parts: partsOf(cls), sha256: sha256(file) };
}

export const slice = (file, part) => file.subarray(part * BODY_LEN, (part + 1) * BODY_LEN);
