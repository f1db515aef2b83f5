package notifications

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
)

var rhythms = []ui.Option{{Value: "off", Label: "Never"}, {Value: "daily", Label: "Every day"}, {Value: "weekly", Label: "Once a week"}}

var weekdays = func() (options []ui.Option) {
	for i := range 7 {
		day := (time.Monday + time.Weekday(i)) % 7
		options = append(options, ui.Option{Value: strconv.Itoa(int(day)), Label: day.String()})
	}
	return options
}()

var hours = func() (options []ui.Option) {
	for h := range 24 {
		options = append(options, ui.Option{Value: strconv.Itoa(h), Label: hour(h)})
	}
	return options
}()

var whenNames = map[When]string{Now: "At once", Digest: "In the digest", Off: "Not at all"}

func answers(whens []When) (options []ui.Option) {
	for _, when := range whens {
		options = append(options, ui.Option{Value: string(when), Label: whenNames[when]})
	}
	return options
}

// moment is a date with its hour: Friday 20 November at 6pm.
func moment(t time.Time) string {
	t = t.In(clock.London)
	return t.Format("Monday 2 January") + " at " + hour(t.Hour())
}

// wentPage is never seen: browsers are sent on.
func wentPage(Went) templ.Component { return templ.NopComponent }
