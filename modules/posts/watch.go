package posts

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// screen asks the desk about a post that is about to be stored, and has the post
// follow what it says.
func (k *Kernel) screen(ctx context.Context, s tenants.Scope, post *Post) (safety.Text, safety.Verdict, error) {
	text := safety.Text{Sort: "post", Module: post.Module, Subject: post.ID, Author: post.AuthorID, Title: post.Title, Body: post.Body, Edit: post.Version > 1}
	verdict, err := k.desk.Screen(ctx, s, text)
	if err != nil {
		return text, verdict, err
	}
	if verdict.Hold {
		post.State = Held
	}
	if len(verdict.Topics) > 0 {
		post.Notes, post.Settled = post.Notes.With(verdict.Topics), true
	}
	return text, verdict, nil
}

// sort is a post as the desk has it.
func (k *Kernel) sort() safety.Sort {
	return safety.Sort{Key: "post", Name: "post", Show: k.subject}
}

// subject is a post as the team sees it on the desk.
func (k *Kernel) subject(ctx context.Context, s tenants.Scope, id uuid.UUID) (safety.Subject, error) {
	post, err := k.forTeam(ctx, s, id)
	if err != nil {
		return safety.Subject{}, err
	}
	out := safety.Subject{Title: post.Title, HTML: post.HTML(), Body: post.Body, Path: post.Path, Where: post.Where, State: string(post.State),
		Author: post.Author, At: post.PublishedAt, Version: post.Version, Topics: post.Notes}
	for _, image := range post.Images {
		out.Images = append(out.Images, safety.Picture{Src: "/pictures/" + image.ID.String(), Alt: image.Alt})
	}
	around, err := k.Around(ctx, s, post)
	for _, near := range around {
		out.Context = append(out.Context, safety.Subject{Title: near.Title, HTML: near.HTML(), Body: near.Body, Author: near.Author, At: near.PublishedAt})
	}
	return out, err
}
