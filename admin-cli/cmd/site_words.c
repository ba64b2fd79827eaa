/* Words for the SHA-256 of a page (see site_words.h). */
#include "admin-cli/cmd/site_words.h"

#include <stdio.h>
#include <string.h>

/* Things that everybody knows; no two Chinese ones sound alike, and no English one is longer than
 * six letters. */
static const struct {
	const char *zh, *en;
} words[64] = {
	{ "山", "hill" },   { "河", "river" },  { "灯", "lamp" },   { "树", "tree" },
	{ "鸟", "bird" },   { "鱼", "fish" },   { "马", "horse" },  { "牛", "ox" },
	{ "羊", "sheep" },  { "狗", "dog" },    { "猫", "cat" },    { "兔", "hare" },
	{ "虎", "tiger" },  { "龙", "dragon" }, { "花", "flower" }, { "草", "grass" },
	{ "米", "rice" },   { "麦", "wheat" },  { "豆", "bean" },   { "瓜", "melon" },
	{ "桃", "peach" },  { "梨", "pear" },   { "枣", "date" },   { "茶", "tea" },
	{ "盐", "salt" },   { "糖", "sugar" },  { "锅", "pot" },    { "碗", "bowl" },
	{ "刀", "knife" },  { "床", "bed" },    { "门", "door" },   { "窗", "window" },
	{ "桌", "table" },  { "鞋", "shoe" },   { "帽", "hat" },    { "伞", "shade" },
	{ "船", "boat" },   { "车", "cart" },   { "桥", "bridge" }, { "路", "road" },
	{ "石", "stone" },  { "沙", "sand" },   { "雪", "snow" },   { "雨", "rain" },
	{ "风", "wind" },   { "云", "cloud" },  { "月", "moon" },   { "星", "star" },
	{ "天", "sky" },    { "火", "fire" },   { "金", "gold" },   { "铁", "iron" },
	{ "银", "silver" }, { "钟", "bell" },   { "鼓", "drum" },   { "笔", "pen" },
	{ "纸", "paper" },  { "书", "book" },   { "红", "red" },    { "黄", "yellow" },
	{ "蓝", "blue" },   { "白", "white" },  { "黑", "black" },  { "绿", "green" },
};

void
site_words(char out[static SITE_WORDS_CAP], const uint8_t hash[static 32], bool zh)
{
	size_t n = 0;

	for (unsigned i = 0; i < SITE_WORDS; i++) {
		unsigned bit = 6 * i, at = bit / 8, shift = bit % 8;
		unsigned six = (((unsigned)hash[at] << 8 | hash[at + 1]) >> (10 - shift)) & 63;
		n += (size_t)snprintf(out + n, SITE_WORDS_CAP - n, "%s%s", i ? " " : "",
				      zh ? words[six].zh : words[six].en);
	}
}
