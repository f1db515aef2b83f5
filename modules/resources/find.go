package resources

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// findable shows those of some items that the actor may see. Nobody in
// particular wrote them, so nothing is found among what somebody wrote.
func findable(ctx context.Context, s tenants.Scope, ids []uuid.UUID, narrow modules.Narrow) ([]modules.Found, error) {
	if narrow.Room != "" && narrow.Room != key || narrow.By != uuid.Nil {
		return nil, nil
	}
	rows, err := among(ctx, s, ids, narrow)
	found := make([]modules.Found, len(rows))
	for i, row := range rows {
		text := strings.Join([]string{row.Summary, markdown.Text(row.HTML()), row.Area, row.Eligibility}, " ")
		found[i] = modules.Found{ID: row.ID, Title: row.Title, Text: strings.TrimSpace(text), Path: "/resources/" + row.ID.String(), Where: "Resources", At: row.ChangedAt}
	}
	return found, err
}
