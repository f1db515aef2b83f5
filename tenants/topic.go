package tenants

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// Topic is something that members may wish to be told of before they read: what
// a service's content notes say. It is never removed, only offered no more.
type Topic struct {
	bun.BaseModel `bun:"table:topics,alias:topic"`
	InService

	Key      string `bun:"key,pk" json:"key"`
	Name     string `bun:"name" json:"name"`
	Position int    `bun:"position" json:"position"`
	Offered  bool   `bun:"offered" json:"offered"`
}

// Topics are all that the service ever had, in its order. Nobody changes the list.
func (s *Service) Topics() []Topic { return s.topics }

// Topic finds a topic by its key; false if the service never had it.
func (s *Service) Topic(key string) (Topic, bool) {
	at := slices.IndexFunc(s.topics, func(t Topic) bool { return t.Key == key })
	if at < 0 {
		return Topic{}, false
	}
	return s.topics[at], true
}

// usualTopics are those that a service of an area begins with.
var usualTopics = map[Area][][2]string{
	"eating_disorders":      {{"body", "Weight and body"}, {"food", "Food and eating"}, {"exercise", "Exercise"}},
	"perinatal":             {{"baby-loss", "Baby loss"}, {"birth", "A hard birth"}, {"feeding", "Feeding a baby"}, {"neonatal", "Neonatal care"}},
	"children_young_people": {{"bullying", "Bullying"}, {"eating", "Eating and body"}, {"family", "Trouble at home"}},
	"learning_disabilities": {{"death", "Somebody dying"}, {"hurt", "Being hurt by somebody"}, {"hospital", "Hospital"}},
	"early_intervention":    {{"voices", "Voices and visions"}, {"ward", "Being kept in hospital"}, {"drugs", "Drugs and alcohol"}},
	"carers":                {{"grief", "Death and grief"}, {"violence", "Violence at home"}},
	"waiting_list":          {{"medicine", "Medicines"}, {"news", "Bad news"}},
}

// alwaysTopics are offered in every service.
var alwaysTopics = [][2]string{{"self-harm", "Self-harm"}, {"suicide", "Suicide"}, {"abuse", "Abuse"}}

// topicsOf are those that a service of an area begins with: keys and names.
func topicsOf(area Area) [][2]string { return slices.Concat(usualTopics[area], alwaysTopics) }

// addUsualTopics gives a new service the topics of its area.
func addUsualTopics(ctx context.Context, s Scope, area Area) error {
	var rows []Topic
	for i, usual := range topicsOf(area) {
		rows = append(rows, Topic{Key: usual[0], Name: usual[1], Position: i + 1, Offered: true})
	}
	_, err := InsertAll(s, rows).Exec(ctx)
	return err
}
