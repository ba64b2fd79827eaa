// Finds words that may point at the source. The patterns run only on the phone, and they block nothing.
import { risks } from 'davylamp:data';

const compiled = risks.map((r) => ({ text: r.text, re: new RegExp(r.js, 'u') }));

// The text keys of the warnings for these words, each once.
export function warnings(words) {
	const all = words.filter((w) => w).join('\n');
	const keys = compiled.filter((r) => r.re.test(all)).map((r) => r.text);
	return keys.filter((k, i) => keys.indexOf(k) === i);
}
