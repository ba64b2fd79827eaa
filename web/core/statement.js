// Statements of desks that they have opened a case (FORMATS.md section 8).
import { concat, view } from './bytes.js';
import { verify } from './hash.js';
import { STATEMENT } from './labels.js';

export const STATEMENT_LEN = 74; // desk ‖ epoch ‖ day ‖ signature

// The desks, [{ desk, day }], whose statement in that answer to *opened* is genuine: about this case and its t, signed
// with a voice that the roster's certificates name. c: { gateway, id, t, epochs }.
export function openedBy(body, count, c) {
	const out = [];
	for (let i = 0; i < Math.min(count, Math.floor(body.length / STATEMENT_LEN)); i++) {
		const r = body.subarray(i * STATEMENT_LEN, (i + 1) * STATEMENT_LEN);
		const v = view(r);
		const desk = v.getUint16(0, true);
		const e = c.epochs.find(
			(x) => x.desk === desk && x.epoch === v.getUint32(2, true) && x.use === 'online',
		);
		const said = concat(STATEMENT, c.gateway, c.id, c.t, r.subarray(0, 10));
		if (e && !out.some((x) => x.desk === desk) && verify(r.slice(10), said, e.voice))
			out.push({ desk, day: v.getUint32(6, true) });
	}
	return out;
}
