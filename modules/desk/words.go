package desk

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.yaml.in/yaml/v3"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Words are a kind message to an author to start from.
type Words struct {
	bun.BaseModel `bun:"table:desk_words,alias:kind" yaml:"-"`
	tenants.InService

	Key       string     `bun:"key,pk" json:"key"`
	Act       safety.Act `bun:"act" json:"act"`
	Name      string     `bun:"name" json:"name"`
	Words     string     `bun:"words" json:"words"`
	Gone      bool       `bun:"gone" json:"-"` // offered no more
	ChangedAt time.Time  `bun:"changed_at" json:"changed_at,omitzero"`
}

//go:embed words.yaml
var file []byte

// usual is what a service begins with.
var usual = func() (all struct {
	Rules []string
	Words []Words
}) {
	if err := yaml.Unmarshal(file, &all); err != nil {
		panic(err)
	}
	return all
}()

// mostWords keeps the list one that can be chosen from.
const mostWords = 40

// kindWords are those of the service, in the order of the acts.
func kindWords(ctx context.Context, s tenants.Scope) ([]Words, error) {
	var own []Words
	if err := s.Select(&own).Order("kind.changed_at", "kind.key").Scan(ctx); err != nil {
		return nil, err
	}
	all := slices.Clone(usual.Words)
	for _, w := range own {
		if at := slices.IndexFunc(all, func(have Words) bool { return have.Key == w.Key }); at >= 0 {
			all[at] = w
		} else {
			all = append(all, w)
		}
	}
	all = slices.DeleteFunc(all, func(w Words) bool { return w.Gone })
	slices.SortStableFunc(all, func(a, b Words) int { return slices.Index(safety.Acts, a.Act) - slices.Index(safety.Acts, b.Act) })
	return all, nil
}

// WordList are the service's kind words.
type WordList struct {
	Words []Words `json:"words"`
}

// List lists them for the lead.
func (d Desk) WordList(ctx context.Context, s tenants.Scope, _ web.None) (out WordList, err error) {
	out.Words, err = kindWords(ctx, s)
	return out, err
}

// NewWords are one more to start from.
type NewWords struct {
	Act   safety.Act `json:"act" validate:"required,oneof=approve ask cover hide remove lock" label:"what it is for"`
	Name  string     `json:"name" validate:"filled,max=60" label:"a name"`
	Words string     `json:"words" validate:"filled,max=2000" label:"the words"`
}

func (in NewWords) row(s tenants.Scope, key string) Words {
	return Words{Key: key, Act: in.Act, Name: strings.TrimSpace(in.Name), Words: strings.TrimSpace(in.Words), ChangedAt: s.Now}
}

// AddWords adds to the list.
func (d Desk) AddWords(ctx context.Context, s tenants.Scope, in NewWords) (Words, error) {
	have, err := kindWords(ctx, s)
	if err != nil {
		return Words{}, err
	}
	if len(have) >= mostWords {
		return Words{}, fault.Bad("name", "There are 40 already. A longer list takes too long to read: change one of them.")
	}
	row := in.row(s, uuid.NewString())
	return row, keepWords(ctx, s, row)
}

// ChangeWords are other words, or words that are offered no more.
type ChangeWords struct {
	Key string `path:"key"`
	NewWords
	Gone bool `json:"gone"`
}

// ChangeWords changes some. NotFound if the service has none of that key.
func (d Desk) ChangeWords(ctx context.Context, s tenants.Scope, in ChangeWords) (Words, error) {
	have, err := kindWords(ctx, s)
	if err != nil {
		return Words{}, err
	}
	if !slices.ContainsFunc(have, func(w Words) bool { return w.Key == in.Key }) {
		return Words{}, fault.Missing()
	}
	row := in.row(s, in.Key)
	row.Gone = in.Gone
	return row, keepWords(ctx, s, row)
}

func keepWords(ctx context.Context, s tenants.Scope, row Words) error {
	_, err := s.Insert(&row).On("CONFLICT (tenant_id, service_id, key) DO UPDATE").Set("act = EXCLUDED.act").Set("name = EXCLUDED.name").
		Set("words = EXCLUDED.words").Set("gone = EXCLUDED.gone").Set("changed_at = EXCLUDED.changed_at").Exec(ctx)
	if err != nil {
		return err
	}
	return s.Audit(ctx, "desk.words", tenants.Audited{After: map[string]any{"name": row.Name, "for": row.Act, "removed": row.Gone}})
}
