package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/recovery/courses"
	"github.com/sharon-nhs/sharon/tenants"
)

// course is one as a file tells it, with what members did in it.
type course struct {
	At, Title, About, For string
	State                 courses.State
	Parts                 []struct {
		Kind                       courses.Kind
		Title, Body, Film, Prompts string // Film is the title of a video
	}
	Taken []struct {
		By, At string
		Done   int // so many of the parts, the first ones
		Wrote  []struct {
			Part  int      // its number, from 1
			Words []string // one for each of its prompts
		}
	}
}

func (c course) check(members map[string]member) error {
	var wrong []error
	for _, took := range c.Taken {
		if _, ok := members[took.By]; !ok {
			wrong = append(wrong, fmt.Errorf("course %q: no member %q", c.Title, took.By))
		}
		if took.Done > len(c.Parts) {
			wrong = append(wrong, fmt.Errorf("course %q: %s did more parts than there are", c.Title, took.By))
		}
		for _, wrote := range took.Wrote {
			if wrote.Part < 1 || wrote.Part > len(c.Parts) || c.Parts[wrote.Part-1].Kind != courses.Exercise {
				wrong = append(wrong, fmt.Errorf("course %q: part %d is no exercise", c.Title, wrote.Part))
			}
		}
	}
	return errors.Join(wrong...)
}

// courses writes them, and what members did in them.
func (w *seeding) courses(ctx context.Context, s tenants.Scope, keys crypt.Keys, all []course) error {
	for _, one := range all {
		if err := w.course(ctx, s, keys, one); err != nil {
			return fmt.Errorf("course %q: %w", one.Title, err)
		}
	}
	return nil
}

func (w *seeding) course(ctx context.Context, s tenants.Scope, keys crypt.Keys, c course) error {
	made, err := moment(w.s.Now, c.At)
	if err != nil {
		return err
	}
	made = made.UTC()
	row := courses.Course{ID: w.ids.at(made), State: c.State, Version: 1, MadeAt: made, ChangedAt: made,
		Words: courses.Words{Title: c.Title, About: strings.TrimSpace(c.About), ForWhom: c.For}}
	if _, err := s.Insert(&row).Exec(ctx); err != nil {
		return err
	}
	parts := make([]courses.Part, len(c.Parts))
	for i, p := range c.Parts {
		text := courses.Text{Title: p.Title, Body: strings.TrimSpace(p.Body), Prompts: strings.TrimSpace(p.Prompts)}
		if p.Film != "" {
			var film posts.Post
			if err := s.Select(&film).Column("id").Where("post.kind = 'video'").Where("post.title = ?", p.Film).Scan(ctx); err != nil {
				return fmt.Errorf("film %q: %w", p.Film, err)
			}
			text.Film = &film.ID
		}
		parts[i] = courses.Part{ID: w.ids.at(made), CourseID: row.ID, Place: i + 1, Kind: p.Kind, Version: 1}
		parts[i].Set(text)
	}
	if err := insert(ctx, s, parts); err != nil {
		return err
	}
	for _, took := range c.Taken {
		at, err := moment(w.s.Now, took.At)
		if err != nil {
			return err
		}
		kept := courses.Took{Progress: courses.Progress{CourseID: row.ID, BegunAt: at.UTC()}}
		if took.Done == len(parts) {
			end := at.UTC().Add(time.Hour)
			kept.Progress.FinishedAt = &end
		}
		for _, part := range parts[:took.Done] {
			kept.Marks = append(kept.Marks, courses.Mark{PartID: part.ID, DoneAt: at.UTC()})
		}
		for _, wrote := range took.Wrote {
			kept.Answers = append(kept.Answers, w.exercise(parts[wrote.Part-1], wrote.Words, at.UTC()))
		}
		if err := kept.Keep(ctx, s, keys, w.people[took.By].ID); err != nil {
			return err
		}
	}
	return nil
}

// exercise is what somebody wrote to the prompts of a part.
func (w *seeding) exercise(part courses.Part, words []string, at time.Time) courses.Answer {
	one := courses.Answer{ID: w.ids.at(at), PartID: part.ID, WrittenAt: at}
	for i, prompt := range strings.Split(part.Prompts, "\n") {
		if i < len(words) && words[i] != "" {
			one.Said = append(one.Said, courses.Said{Prompt: prompt, Words: words[i]})
		}
	}
	return one
}
