// The facts of this deployment: one JSON block in the page, written by `davy site build`.
import { unb64, unhex } from '../core/bytes.js';
import { day } from '../core/note.js';

const raw = JSON.parse(document.getElementById('deployment').textContent);

export const conf = {
	gatewayId: unhex(raw.gateway),
	gatewayKey: unb64(raw.key),
	roots: raw.roots.map((k) => unb64(k)),
	threshold: raw.threshold,
	minVersion: raw.min_version,
	name: raw.name,
	origins: raw.origins.length ? raw.origins : [''],
	counties: raw.counties,
	beat: raw.beat_ms,
	cover: raw.cover !== false, // whether decoys leave while she has nothing to send
	built: day(raw.built),
	exit: raw.exit,
	file: raw.file || 'notes.dat',
	reading: raw.reading || [],
	roster: raw.roster && unb64(raw.roster), // of the offline edition
};
if (__VEIL__) conf.veil = unb64(raw.veil); // the key of the gateway's veil; the origins are relays
