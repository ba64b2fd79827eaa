// Texts: every key has zh and en. build.mjs makes the data module from texts.json.
import { texts } from 'davylamp:data';

let now = 'zh';

export const lang = () => now;

export function setLang(l) {
	now = l;
	document.documentElement.lang = l === 'zh' ? 'zh-CN' : 'en';
}

// t('key', { n: 3 }) puts 3 where the text says {n}.
export function t(key, vars) {
	const s = texts[key];
	return s ? pick(s).replace(/\{(\w+)\}/g, (m, k) => (vars && k in vars ? vars[k] : m)) : key;
}

export const pick = (both) => both[now] || both.zh;
