package posts

import (
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

// Notes are the keys of the topics that cover a post until its reader opens it.
type Notes = tenants.Labels

// offered holds chosen notes to the service's topics. Those in were, which the
// post has already, may stay though they are offered no more.
func offered(s tenants.Scope, chosen, were Notes) (Notes, error) {
	chosen = slices.DeleteFunc(slices.Clone(chosen), func(key string) bool { return key == "" })
	for _, key := range chosen {
		if topic, known := s.Service.Topic(key); !known || !topic.Offered && !were.Has(key) {
			return nil, fault.Bad("notes", "Choose content notes from the list.")
		}
	}
	return chosen.With(nil), nil
}

// Topics are those that a member can choose for a post, which has some already.
func Topics(s tenants.Scope, has Notes) (topics []tenants.Topic) {
	for _, topic := range s.Service.Topics() {
		if topic.Offered || has.Has(topic.Key) {
			topics = append(topics, topic)
		}
	}
	return topics
}

// Covered tells whether the reader has to open the post before its words are
// there for them. What nobody looked at with a reader's eyes is covered.
func (p Post) Covered() bool { return p.noted() || p.Word != "" }

func (p Post) noted() bool { return len(p.Notes) > 0 && !p.open }

// Name is what the post is called where its words are not shown: its title, or
// what covers it.
func (p Post) Name() string {
	if p.Covered() {
		return p.CoverWords()
	}
	return p.Title
}

// CoverWords say why it is covered.
func (p Post) CoverWords() string {
	if p.noted() {
		return p.NoteWords()
	}
	return "Covered for you: it has “" + p.Word + "” in it"
}

// NoteWords are the content notes in a sentence.
func (p Post) NoteWords() string {
	if len(p.topics) == 0 {
		return "Content note"
	}
	return "Content note: " + strings.Join(p.topics, ", ")
}
