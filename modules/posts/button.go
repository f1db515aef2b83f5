package posts

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// reactionButton is one of the four ways to be with somebody, pressed or not. A
// timeline has eighty of them, so they are put together here from two ready
// halves a kind; only the count between them differs.
func reactionButton(p Post, i int) templ.Component {
	kind := ReactionKinds[i]
	pressed := p.MyReaction == kind.Key
	count := p.Count(kind.Key)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		head := buttons[i].off
		if pressed {
			head = buttons[i].on
		}
		if _, err := io.WriteString(w, head); err != nil {
			return err
		}
		if err := ui.Icon(kind.Icon).Render(ctx, w); err != nil {
			return err
		}
		tail := buttons[i].name
		if count > 0 && p.ShowsCounts() {
			tail += `<span class="reaction__count">` + strconv.Itoa(count) + `</span>`
		}
		_, err := io.WriteString(w, tail+`</button>`)
		return err
	})
}

var buttons = makeButtons()

// makeButtons writes the halves. A pressed button sends "none": pressing it
// again takes the reaction back.
func makeButtons() (all []struct{ on, off, name string }) {
	for _, kind := range ReactionKinds {
		head := func(sends, pressed string) string {
			return `<button class="reaction" type="submit" name="kind" value="` + sends + `" aria-pressed="` + pressed + `" title="` + kind.Name + `">`
		}
		all = append(all, struct{ on, off, name string }{
			head("none", "true"), head(kind.Key, "false"), `<span class="reaction__name">` + kind.Name + `</span>`,
		})
	}
	return all
}
