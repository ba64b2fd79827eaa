// Pictograms of the tiles: a person and a tool or a place, drawn with strokes on a 48 × 48 field.
// A leading ! fills the shape.

export const tileIcons = {
	// pick over a hole at night, moon
	1: [
		'!M17 13a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M13 18v10l-5 11M13 28l7 11M13 21l10 4',
		'M23 25l8-13M25 10c6 0 10 3 12 8',
		'M4 42h16m8 0h16',
		'!M41 6a5 5 0 1 0 3 8 6 6 0 0 1-3-8z',
	],
	// miner under a falling roof, drops
	2: [
		'M4 8h40M10 8l4 6 5-6M27 8l5 7 5-7',
		'!M21 23a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M17 28v9l-4 6m4-6l5 6M10 33l7-3 7 3',
		'M32 23c-3 4-3 7 0 7s3-3 0-7zM39 31c-3 4-3 7 0 7s3-3 0-7z',
		'M4 44h40',
	],
	// brick wall, a person behind it
	3: [
		'M4 22h28v22H4zM4 29h28M4 36h28M14 22v7m10-7v7m-15 0v7m10-7v7m8-7v7m-13 0v8m10-8v8',
		'!M43 17a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M39 22v11l-3 11m3-11l4 11M39 25l-6 4',
		'M10 14c3-6 9-8 15-7l-3-4m3 4l-4 3',
	],
	// steps of an open pit with a digger, a dam below
	4: [
		'M3 18h9v8h9v8h9v9h15M6.500 10v8',
		'!M10 7a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0z',
		'M25 21l3-9h9v9zM37 15l6-6 2 8-4 3M24 25h15',
		'M33 38c2-3 3-3 5 0s4 3 6 0',
	],
	// drum, bottle, fumes
	5: [
		'M8 20h18v24H8zM8 28h18M8 36h18',
		'M13 15c-3-4 3-5 0-10m8 10c-3-4 3-5 0-10',
		'!M40 17a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M36 22v11l-3 11m3-11l4 11M36 26l-7 3m7-3l5-5-2-3',
	],
	// flame and a locked door
	6: [
		'M5 6h20v38H5z',
		'M11 24h8v8h-8zM12.500 24v-3a2.500 2.500 0 0 1 5 0v3',
		'M37 44c-6 0-8-4-8-8 0-6 6-8 5-15 6 3 10 9 10 15 0 4-2 8-7 8z',
		'M37 44c-3 0-4-2-4-4 0-3 3-4 3-7 3 2 4 4 4 7 0 2-1 4-3 4z',
	],
	// man on a ladder into a tank
	7: [
		'M6 24v20h36V24',
		'M6 24c0-3 6-5 12-5m12 0c6 0 12 2 12 5',
		'M20 6v32M28 6v32M20 12h8m-8 7h8m-8 7h8m-8 7h8',
		'!M40 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M36 13l-1 9m1-7l-8 2',
	],
	// a pointing boss, a worker, a paper
	8: [
		'!M13 9a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M9 14v14l-3 16m3-16l4 16M9 18l11-2',
		'!M43 20a3.500 3.500 0 1 1-7 0 3.500 3.500 0 0 1 7 0z',
		'M38 24c-3 4-3 7-3 10l-2 10m2-10l7 10M36 28l-7 3',
		'M22 4h13v10H22zM25 7.500h7M25 10.500h4',
	],
	// one lies on the ground, another pulls a cloth over it
	9: [
		'!M11 37a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M3 44h42',
		'M12 39h12l5-4M14 32c4-4 9-5 13-4l8-4',
		'!M44 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M40 17v13l-3 14m3-14l4 14M40 20l-7 4',
	],
	// an inspector with a clipboard and a phone
	10: [
		'!M18 10a5 5 0 1 1-10 0 5 5 0 0 1 10 0z',
		'M13 16v14l-4 14m4-14l5 14M13 20l8 5',
		'M20 20h11v14H20zM23 24h5m-5 4h5',
		'M38 8c3 2 3 6 0 8m3-11c5 4 5 10 0 14',
		'M33 9v6',
	],
	0: [
		'M24 44a20 20 0 1 1 0-40 20 20 0 0 1 0 40z',
		'M17 19c0-9 14-9 14 0 0 5-7 5-7 11',
		'!M26 36a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
	],
};
