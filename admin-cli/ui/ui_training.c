/* davy ui --training: the triage form on the sample tips, as davy training asks them line by line.
 * No home is opened, nothing is kept or sent; after each the screen says what an experienced
 * reviewer chose (see ui.h). */
#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/training.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/training.h"
#include "admin-cli/ui/ui_form.h"
#include "admin-cli/view/show.h"

struct practice {
	struct lesson lesson;
	json_t *tip;
};

static int
begin(struct cli *cli, void *arg)
{
	struct practice *p = arg;
	int err = lesson_begin(cli, &p->lesson, p->tip);

	if (!err)
		show_body(cli, p->lesson.body, 0);
	return err;
}

static int
tell(struct cli *cli, void *arg)
{
	struct practice *p = arg;
	json_t *all = json_array();

	lesson_tell(cli, &p->lesson, all);
	json_decref(all);
	return 0;
}

/* One tip; false: no other is wanted. */
static bool
practise(struct ui *ui, json_t *tip)
{
	struct practice p = { .tip = tip };
	struct form f = { 0 };
	char *text = NULL, *told = NULL, title[160];
	bool done = false;

	snprintf(title, sizeof(title), "%s  %s", schema_text(tip, "id"), lesson_text(tip, "title"));
	f.lesson = title;
	if (!ui_call(ui, begin, &p, &text)) {
		const json_t *said[] = { p.lesson.body };

		f.draft = p.lesson.d;
		f.suggest = malloc(sizeof(*f.suggest));
		if (f.suggest)
			suggest_run(said, 1, NULL, f.suggest);
		ui_page_set(&f.tip, text);
		done = ui_form_run(ui, &f);
	}
	if (done && !ui_call(ui, tell, &p, &told))
		ui_pager(ui, title, told);
	free(told);
	free(text);
	f.draft = NULL; /* it is the lesson's */
	ui_form_free(&f);
	lesson_end(&p.lesson);
	return done && !ui->leave;
}

void
ui_training(struct ui *ui)
{
	json_t *tip;
	bool on = true;

	snprintf(ui->who, sizeof(ui->who), "%s",
		 _("TRAINING: invented tips; nothing is sent or kept"));
	for (size_t i = 0; on && (tip = training_tip(i)); i++)
		on = practise(ui, tip);
}
