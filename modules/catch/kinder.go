package catch

import (
	"context"

	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/tenants"
)

// Typing is what somebody is writing.
type Typing struct {
	Body string `json:"body" validate:"max=50000" label:"your words"`
}

// Kinder is another way to say it; empty where there is nothing to say otherwise.
type Kinder struct {
	Kinder string `json:"kinder,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Kinder offers kinder words for figures in what somebody is writing. Nothing is stored.
func (c Catch) Kinder(_ context.Context, s tenants.Scope, in Typing) (Kinder, error) {
	kinder := posts.Kinder(s, in.Body)
	if kinder == "" {
		return Kinder{}, nil
	}
	return Kinder{kinder, posts.WhyKinder}, nil
}
