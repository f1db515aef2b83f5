package standing

import (
	"context"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// shown is an appeal as the team sees it: what the member says, what was decided,
// and what that was about, also where it was taken down.
func (x Standing) shown(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	var row Appeal
	if !s.Actor.Roles.Staff() {
		return safety.Subject{}, fault.Missing()
	}
	if err := s.Select(&row).Where("appeal.id = ?", id).Scan(ctx); err != nil {
		return safety.Subject{}, err
	}
	var person tenants.Person
	if err := tenants.Face(s.Select(&person)).Where("person.id = ?", row.MemberID).Scan(ctx); err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Title: "Asks for another look at " + names[row.Sort], Where: "where they stand", Author: &person, At: row.MadeAt, Path: "/standing/of/" + person.HandleKey}
	page := head("What they say") + markdown.HTML(row.Words)
	if row.Sort == ofSuspension {
		suspension, err := suspensionOf(ctx, s, row.AboutID)
		if err != nil {
			return safety.Subject{}, err
		}
		page += head("What was decided") + line("Suspended until "+ui.At(suspension.UntilAt)+".") +
			line("Rule: "+suspension.Rule) + line("Why: "+suspension.Reason) + line("To them: “"+suspension.Words+"”")
		out.HTML = page
		return out, nil
	}
	deed, err := safety.DeedOf(ctx, s, row.AboutID)
	if err != nil {
		return safety.Subject{}, err
	}
	page += head("What was decided") + line(decisions[deed.Act])
	if deed.Rule != "" {
		page += line("Rule: " + deed.Rule)
	}
	if deed.Reason != "" {
		page += line("Why: " + deed.Reason)
	}
	if deed.Words != "" {
		page += line("To them: “" + deed.Words + "”")
	}
	return x.withSubject(ctx, s, out, page, deed)
}

// withSubject adds what a decision was about, as its room shows it to the actor.
func (x Standing) withSubject(ctx context.Context, s tenants.Scope, out safety.Subject, page string, deed safety.Deed) (safety.Subject, error) {
	item, err := safety.ItemOf(ctx, s, deed.ItemID)
	if err != nil {
		return out, err
	}
	page += head("What it is about")
	var about safety.Subject
	if show := x.desk.SortOf(item.Sort).Show; show != nil {
		about, err = show(ctx, s, item.SubjectID)
	}
	switch {
	case database.Missing(err):
		page += line("It is gone, or not for you to read. If a colleague can read it, hand this over.")
	case err != nil:
		return out, err
	default:
		if about.Title != "" {
			page += line(about.Title)
		}
		if about.HTML == "" {
			about.HTML = line(about.Body)
		}
		page += about.HTML
		out.Version, out.Images, out.Context, out.State, out.Topics = about.Version, about.Images, about.Context, about.State, about.Topics
		if about.Path != "" {
			out.Path = about.Path
		}
	}
	out.HTML = page
	return out, nil
}

// decisions are what was done, as the team reads it.
var decisions = map[safety.Act]string{
	safety.AskEdit: "They were asked to change it.", safety.Cover: "A content note was put on it.", safety.Hide: "It was taken out of sight.",
	safety.Remove: "It was taken down.", safety.Lock: "It was closed to replies.",
}

func head(words string) string { return "<h3>" + templ.EscapeString(words) + "</h3>" }

func line(words string) string { return "<p>" + templ.EscapeString(words) + "</p>" }
