package posts

import (
	"context"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
)

// Author is who wrote a post, if they are still here. NotFound where the actor
// may not read it.
func (k *Kernel) Author(ctx context.Context, s tenants.Scope, post uuid.UUID) (author tenants.Person, err error) {
	found, err := k.bare(ctx, s, post)
	if err != nil {
		return author, err
	}
	err = s.Select(&author).Where("person.id = ?", found.AuthorID).Where("person.status = 'active'").Scan(ctx)
	return author, err
}
