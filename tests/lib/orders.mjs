// Sealed orders at a gateway of tests/lib/davyd.mjs: planners and people for both sides, an order whose parts
// are random bytes, and the frames about it, made from FORMATS.md.
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { deployment } from './deployment.mjs';
import { OP, STAFF, frame, sha } from './davyd.mjs';

const PLANNING = deployment.desks.find((d) => d.kind === 'planning').number;
// The A side is of desk 1, the B side of desk 7; k7 is another inspector.
export const staff = [
	...STAFF,
	['p8', PLANNING, 'PL,lead'],
	['c1', 1, 'SR'],
	['d1', 1, 'SR'],
	['i7', 7, 'TL,lead'],
	['j7', 7, 'TL'],
	['k7', 7, 'IN'],
];
const DESK = Object.fromEntries(staff.map(([n, desk]) => [n, desk]));
const u32 = (n) => {
	const b = Buffer.alloc(4);
	b.writeUInt32LE(n);
	return b;
};
const body = () => randomBytes(16128);
const handles = (gw, ...names) =>
	Buffer.concat([...names.map((n) => gw.people[n].handle), Buffer.alloc(32)], 32);

export class Order {
	// later: how many hours behind the first one the layers 1 and 2 open.
	constructor(gw, hour, later = [0, 0]) {
		this.gw = gw;
		this.id = randomBytes(16);
		this.hours = [hour, hour + later[0], hour + later[1]];
		this.salt = randomBytes(16);
		this.parts = Array.from({ length: 8 }, body);
	}
	by(who, op, fields) {
		return frame(this.gw, op, this.gw.people[who], {
			id: this.id,
			kind: 1,
			desk: DESK[who],
			...fields,
		});
	}
	// The six frames of a sealing.
	frames() {
		const [h0, h1, h2] = this.hours;
		const late = sha('sha256', 'davylamp/v1 order hours', u32(h1), u32(h2), this.salt).subarray(
			0,
			16,
		);
		const seal = this.by('p8', OP.orderSeal, {
			desk: 7,
			hour: h0,
			cursor: late,
			proof: handles(this.gw, 'c1', 'd1'),
			hash: handles(this.gw, 'i7', 'j7'),
			body: body(),
		});
		return [seal, ...[0, 1, 2, 3, 4].map((place) => this.put('p8', place))];
	}
	put(who, place) {
		return this.by(who, OP.partPut, { thread: 4, number: place, body: this.parts[place] });
	}
	fetch(who, thread, number) {
		return this.by(who, OP.fetch, { thread, number });
	}
	take(who, number, layer, bytes = body()) {
		const [, hour, count] = this.hours;
		const late = layer ? { hour, count, proof: this.salt } : {};
		return this.by(who, OP.partTake, {
			thread: 4,
			number,
			part: 2 + layer,
			body: bytes,
			...late,
		});
	}
	stop(who, number, flags) {
		return this.by(who, OP.stop, { number, flags, body: body() });
	}
}

// Who signed a stub: the name of one of the staff, or undefined.
export function signer(gw, stub) {
	const h = sha('sha512', stub.subarray(112, 240), stub.subarray(240));
	const said = Buffer.concat([
		Buffer.from('davylamp/v1 frame'),
		gw.id,
		stub.subarray(0, 8),
		stub.subarray(8, 48),
		h,
	]);
	const [name] = Object.entries(gw.people).find(([, p]) => p.pub.equals(stub.subarray(16, 48))) || [];
	const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), stub.subarray(16, 48)]);
	const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
	return verify(null, said, key, stub.subarray(48, 112)) ? name : undefined;
}
