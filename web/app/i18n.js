// Texts: a block of JSON in the page, in which `davy site build` leaves the languages of a deployment: the keys, and
// for each language its texts in the same order.
const { keys, texts } = JSON.parse(document.getElementById('texts').textContent);

const langs = Object.keys(texts);
let now = langs[0];

export const lang = () => now;

const textOf = (l, key) => texts[l][keys.indexOf(key)];

export function setLang(l) {
	now = l;
	document.documentElement.lang = t('lang.tag');
	document.documentElement.dir = t('lang.dir');
}
export const firstLang = () => setLang(langs[0]);

// The language that the switch leads to, with its own name; null where there is one language alone.
export function otherLang() {
	const l = langs[(langs.indexOf(now) + 1) % langs.length];
	return l === now ? null : { lang: l, tag: textOf(l, 'lang.tag'), name: textOf(l, 'lang.name') };
}

// t('key', { n: 3 }) puts 3 where the text says {n}.
export function t(key, vars) {
	const s = textOf(now, key);
	return s ? s.replace(/\{(\w+)\}/g, (m, k) => (vars && k in vars ? vars[k] : m)) : key;
}

// Of what a deployer named in Chinese and English.
export const pick = (both) => both[now] || both.zh;
