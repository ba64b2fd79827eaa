// Pictograms of the tiles: a person and a tool or a place, drawn with strokes on a 48 × 48 field.
// A leading ! fills the shape.

export const tileIcons = {
	// pick over a hole at night, moon
	1: [
		'!M17 13a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M13 18v10l-5 11M13 28l7 11M13 21l10 4',
		'M23 25l7-13M21 9c6 0 10 3 12 8',
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
	// somebody on the steps of an open pit, stones that fall on him; below, water behind a dam
	4: [
		'M2 18h9v10h9v17',
		'!M10.5 6a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M7 10v8M7 12l5 3',
		'!M22 14a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM29 20a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
		'M29 45l7-23h4l7 23z',
		'M22 35c2-2 3-2 4 0s3 2 5 0M21 42c2-2 3-2 4 0s2 2 4 0M38 28l-1 5 3 3-2 5',
	],
	// drum, bottle, fumes
	5: [
		'M8 20h18v24H8zM8 28h18M8 36h18',
		'M13 15c-3-4 3-5 0-10m8 10c-3-4 3-5 0-10',
		'!M40 17a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M36 22v11l-3 11m3-11l4 11M36 26l-7 3m7-3l5-5-2-3',
	],
	// somebody at a door that is barred with boards, fire behind her
	6: [
		'M4 5h17v39H4z',
		'M1 15l22 7M1 33l22-7',
		'!M34.5 15a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M31 19v12l-4 13m4-13l4 13M31 22l-7-4m7 6l-6 4',
		'M43 44c-4 0-6-3-6-6 0-5 4-6 3-12 5 3 7 7 7 12 0 3-1 6-4 6z',
	],
	// man on a ladder into a tank
	7: [
		'M6 24v20h36V24',
		'M6 24c0-3 6-5 12-5m12 0c6 0 12 2 12 5',
		'M20 6v32M28 6v32M20 12h8m-8 7h8m-8 7h8m-8 7h8',
		'!M40 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
		'M36 13l-1 9m1-7l-8 2',
	],
	// a boss pushes a worker to the edge of a hole; a paper that is crossed out
	8: [
		'!M11.5 13a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M8 17v13l-4 13m4-13l4 13M8 20l12-1M8 24l11-1',
		'!M28.5 15a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M24 19l3 11-3 13m3-13l6 11M24 22l8-3',
		'M2 45h33v3M42 45h4',
		'M35 3h11v14H35zM33 2l15 16',
	],
	// one lies under a cloth, another says hush; words that are crossed out
	9: [
		'!M11.5 36a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M3 44h42M12 39h22M14 37c3-6 13-6 18 0',
		'!M41.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M38 16v14l-3 13m3-13l4 13M38 20l-8 2 3-8',
		'M4 5h20v13H14l-5 5v-5H4zM3 22L26 3',
	],
	// an inspector with a clipboard and a boss, each with a telephone
	10: [
		'!M13.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M5 8c3-3 7-3 10 0M10 16v14l-4 14m4-14l4 14M10 20l7 4',
		'M16 24h8v11h-8zM18.500 28h3m-3 3h3',
		'!M42.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0z',
		'M39 16v14l-4 14m4-14l4 14M39 20l-6-3 1-5M10 20l6-3-1-5',
		'M20 8c3-3 7-3 10 0M22 12c2-2 4-2 6 0',
	],
	0: [
		'M24 44a20 20 0 1 1 0-40 20 20 0 0 1 0 40z',
		'M17 19c0-9 14-9 14 0 0 5-7 5-7 11',
		'!M26 36a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
	],
};
