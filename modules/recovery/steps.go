package recovery

import (
	"slices"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// scale is one thing that a check-in asks, with its five steps from the lowest.
type scale struct {
	key, name, asks string
	colour          string // of its line in a chart
	steps           []ui.Option
}

var (
	moods = scale{"mood", "Mood", "How is your mood?", "first", []ui.Option{
		{Value: "very_low", Label: "Very low"}, {Value: "low", Label: "Low"}, {Value: "in_between", Label: "In between"}, {Value: "good", Label: "Good"}, {Value: "very_good", Label: "Very good"}}}
	sleeps = scale{"sleep", "Sleep", "How did you sleep?", "second", []ui.Option{
		{Value: "hardly", Label: "Hardly at all"}, {Value: "badly", Label: "Badly"}, {Value: "so_so", Label: "So-so"}, {Value: "well", Label: "Well"}, {Value: "very_well", Label: "Very well"}}}
	energies = scale{"energy", "Energy", "How much energy do you have?", "third", []ui.Option{
		{Value: "none", Label: "None"}, {Value: "little", Label: "A little"}, {Value: "some", Label: "Some"}, {Value: "quite_a_lot", Label: "Quite a lot"}, {Value: "plenty", Label: "Plenty"}}}
)

// place is a step's place, from 1 for the lowest; 0 for none.
func (x scale) place(step string) int {
	return 1 + slices.IndexFunc(x.steps, func(o ui.Option) bool { return o.Value == step })
}

// word is a place in words.
func (x scale) word(place int) string {
	if place < 1 || place > len(x.steps) {
		return "–"
	}
	return x.steps[place-1].Label
}
