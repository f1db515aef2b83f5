package main

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/disclosure"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/surveys"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/portfolio"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

// counted are the figures of a service that can be the value of a benefit.
var counted = programmes.Figures{
	{Key: "members", Name: "Members", Read: enough(portfolio.Members)},
	{Key: "posts", Name: "New posts in the last week", Read: enough(postsLastWeek)},
	{Key: "helpful", Name: "Percent who said that SHaRON has been helpful", Read: surveys.Helped},
}

func postsLastWeek(ctx context.Context, s tenants.Scope) (int, error) {
	weeks, err := posts.Activity(ctx, s, s.Now)
	if err != nil || len(weeks) == 0 {
		return 0, err
	}
	return weeks[len(weeks)-1], nil
}

// enough makes a figure of a count; one that must stay in the trust is not known.
func enough(count func(context.Context, tenants.Scope) (int, error)) func(context.Context, tenants.Scope) (float64, bool, error) {
	return func(ctx context.Context, s tenants.Scope) (float64, bool, error) {
		many, err := count(ctx, s)
		many = disclosure.Floor(many)
		return float64(many), many > 0, err
	}
}
