package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/reports"
	"github.com/sharon-nhs/sharon/tenants"
)

// circle is how near some members are, as the file tells it.
type circle struct {
	Friends [][]string          // pairs
	Asks    [][]string          // who asks whom
	Mutes   [][]string          // who muted whom
	Blocks  [][]string          // who blocked whom
	Words   map[string][]filter // whose
	Reports []report
}

type filter struct {
	Words string
	How   posts.Choice
}

// report is about the post that begins so. One that is settled says when and by
// whom; who has the case of an urgent one is there too.
type report struct {
	By, About, Reason, Words, At string
	Settled, With                string
}

// check finds people that there are not.
func (c circle) check(members map[string]member) error {
	var wrong []error
	for _, pair := range slices.Concat(c.Friends, c.Asks, c.Mutes, c.Blocks) {
		if len(pair) != 2 {
			wrong = append(wrong, fmt.Errorf("circle: %v are not two", pair))
		}
		for _, login := range pair {
			if m, ok := members[login]; !ok || m.Role.Staff() {
				wrong = append(wrong, fmt.Errorf("circle: %q is no member, or of the team", login))
			}
		}
	}
	for _, r := range c.Reports {
		if _, ok := members[r.By]; !ok {
			wrong = append(wrong, fmt.Errorf("report: no member %q", r.By))
		}
	}
	return errors.Join(wrong...)
}

// among finds people who write or react where only friends of the wall's owner can.
func (c circle) among(owner string, root words, answers []answer) error {
	var wrong []error
	for _, said := range append([]answer{{words: root}}, answers...) {
		for _, login := range slices.Concat(append(slices.Collect(maps.Values(said.Reactions)), []string{said.By})...) {
			friend := slices.ContainsFunc(c.Friends, func(pair []string) bool { return slices.Contains(pair, login) && slices.Contains(pair, owner) })
			if login != owner && !friend {
				wrong = append(wrong, fmt.Errorf("%q: %q is no friend of %q", start(root.Body), login, owner))
			}
		}
	}
	return errors.Join(wrong...)
}

// circle writes what stands between members; the posts are there already.
func (w *seeding) circle(ctx context.Context, s tenants.Scope, c circle, said []posts.Post) error {
	for bond, pairs := range map[tenants.Bond][][]string{tenants.Friend: c.Friends, tenants.Asking: c.Asks, tenants.Muting: c.Mutes, tenants.Blocking: c.Blocks} {
		for i, pair := range pairs {
			at := s.As(w.people[pair[0]])
			at.Now = s.Now.Add(-time.Duration(i+2) * 31 * time.Hour)
			if err := at.Tie(ctx, w.people[pair[1]].ID, bond); err != nil {
				return err
			}
		}
	}
	for login, all := range c.Words {
		for _, f := range all {
			row := posts.Filter{MemberID: w.people[login].ID, Words: f.Words, How: f.How, CreatedAt: s.Now}
			if _, err := s.Insert(&row).Exec(ctx); err != nil {
				return err
			}
		}
	}
	for _, r := range c.Reports {
		at, err := moment(s.Now, r.At)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(said, func(p posts.Post) bool { return strings.HasPrefix(p.Body, r.About) })
		if i < 0 {
			return fmt.Errorf("report: no post begins %q", r.About)
		}
		row := reports.Report{ID: w.ids.at(at), PostID: said[i].ID, ReporterID: w.people[r.By].ID, Reason: r.Reason, Words: r.Words, ReportedAt: at.UTC().Truncate(time.Microsecond)}
		if _, err := s.Insert(&row).Exec(ctx); err != nil {
			return err
		}
		if err := w.onDesk(ctx, s, row, said[i].AuthorID, r); err != nil {
			return err
		}
	}
	return nil
}

// mentions are the members whom a text names.
func (w *seeding) mentions(body string) (named tenants.Labels) {
	if !strings.Contains(body, "@") {
		return nil
	}
	for _, name := range markdown.Mentions(body) {
		for _, person := range w.people {
			if person.HandleKey == tenants.HandleKey(name) {
				named = append(named, person.HandleKey)
			}
		}
	}
	return named
}
