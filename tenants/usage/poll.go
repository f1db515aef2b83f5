package usage

import (
	"math"
	"strings"

	"github.com/sharon-nhs/sharon/internal/disclosure"
)

// Poll is what was answered in the last twelve months to a question that is asked now
// and then.
type Poll struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"` // the question
	About  string  `json:"about"`
	Base   int     `json:"base"`   // about how many answered
	Month  string  `json:"month"`  // of the latest answers
	Shares []Share `json:"shares"` // none of too few answers
}

// Share is an answer with its part of all, in percent.
type Share struct {
	Name    string `json:"name"`
	Percent int    `json:"percent"`
}

// polls are those that somebody has answered.
func (v view) polls() []Poll {
	polls, year := []Poll{}, v.months.Periods[max(0, len(v.months.Periods)-12):]
	for _, c := range v.counts {
		poll := Poll{Key: c.Key, Name: c.Name, About: c.About, Shares: []Share{}}
		parts := make([]int, len(c.Answers))
		for i, answer := range c.Answers {
			for _, month := range year {
				if n := v.months.part(month, c.Key, answer.Part); n > 0 {
					parts[i] += n
					poll.Month = max(poll.Month, month)
				}
			}
			poll.Base += parts[i]
		}
		if poll.Base == 0 {
			continue
		}
		for i, answer := range c.Answers {
			if poll.Base >= disclosure.Shares && parts[i] > 0 {
				poll.Shares = append(poll.Shares, Share{answer.Name, int(math.Round(100 * float64(parts[i]) / float64(poll.Base)))})
			}
		}
		polls = append(polls, poll)
	}
	return polls
}

// words are the shares in a sentence.
func (p Poll) words() string {
	if len(p.Shares) == 0 {
		return "Too few for shares"
	}
	var all []string
	for _, share := range p.Shares {
		all = append(all, share.Name+" "+sayPercent(float64(share.Percent)))
	}
	return strings.Join(all, ", ")
}
