package watch_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/watch"
)

// Brackets stand around the figures; the second is the kinder text.
var sentences = []struct {
	kind         watch.Kind
	text, kinder string
}{
	{watch.Weight, "I weigh [45kg]", "I weigh a number"},
	{watch.Weight, "I weigh [45 kg] now.", "I weigh a number now."},
	{watch.Weight, "i weighed [52] this morning", "i weighed a number this morning"},
	{watch.Weight, "I'm [7 stone 4] and still not happy", "I'm a number and still not happy"},
	{watch.Weight, "I'm [7st 4lbs]", "I'm a number"},
	{watch.Weight, "[9st4] today", "a number today"},
	{watch.Weight, "I was [eight stone] then", "I was a number then"},
	{watch.Weight, "goal weight [48]", "goal weight a number"},
	{watch.Weight, "Goal weight: [48kg]", "Goal weight: a number"},
	{watch.Weight, "UGW: [40]", "UGW: a number"},
	{watch.Weight, "gw1 [50], ugw [44.5]", "gw1 a number, ugw a number"},
	{watch.Weight, "lost [3 lbs] this week", "lost some weight this week"},
	{watch.Weight, "I've gained [half a stone]", "I've gained some weight"},
	{watch.Weight, "I put on [two kilos] in hospital", "I put on some weight in hospital"},
	{watch.Weight, "dropped [5 pounds] since Monday", "dropped some weight since Monday"},
	{watch.Weight, "down to [forty-five kilos]", "down to a number"},
	{watch.Weight, "One hundred and ten? I weigh [one hundred and ten pounds]", "One hundred and ten? I weigh a number"},
	{watch.Weight, "my weight is [50-52kg]", "my weight is a number"},
	{watch.Weight, "my weight's [48.5]", "my weight's a number"},
	{watch.Weight, "The scales said [61,5 kg]", "The scales said a number"},
	{watch.Weight, "I weigh [４５ｋｇ]", "I weigh a number"},
	{watch.Body, "BMI of [16.2]", "BMI of a number"},
	{watch.Body, "my bmi was [17] last year", "my bmi was a number last year"},
	{watch.Body, "BMI went from [17 to 16.2]", "BMI went from a number"},
	{watch.Body, "I had a [16] bmi", "I had a bmi"},
	{watch.Body, "I wear [size 6]", "I wear a certain size"},
	{watch.Body, "I'm a [size 6].", "I'm a certain size."},
	{watch.Body, "a [size 6] dress", "a dress"},
	{watch.Body, "a [size zero] outfit", "an outfit"},
	{watch.Body, "my jeans are a [UK 6]", "my jeans are a certain size"},
	{watch.Body, "dress size is [8]", "dress size is a number"},
	{watch.Body, "waist [24 inches]", "waist a number"},
	{watch.Body, "my waist is [24\"] now", "my waist is a number now"},
	{watch.Body, "a [24 inch] waist", "a waist"},
	{watch.Body, "thighs: [45cm]", "thighs: a number"},
	{watch.Body, "waist [24], hips [34]", "waist a number, hips a number"},
	{watch.Body, "body fat [18%]", "body fat a number"},
	{watch.Calories, "ate [800 calories]", "ate some calories"},
	{watch.Calories, "[1200 kcal] a day", "some calories a day"},
	{watch.Calories, "I only had [500cals]", "I only had some calories"},
	{watch.Calories, "ate [800] today", "ate some food today"},
	{watch.Calories, "an [800 calorie] day", "a day"},
	{watch.Calories, "my calorie limit is [1,000]", "my calorie limit is a number"},
	{watch.Calories, "calories: [650]", "calories: a number"},
	{watch.Calories, "eight hundred? No, [nine hundred calories]", "eight hundred? No, some calories"},
	{watch.Calories, "restricting to [500] again", "restricting to some food again"},
	{watch.Calories, "[20g of] carbs", "some carbs"},
	{watch.Calories, "under [a thousand calories]", "under some calories"},
	{watch.Exercise, "ran [10k]", "ran a distance"},
	{watch.Exercise, "I ran [ten miles] before school", "I ran a distance before school"},
	{watch.Exercise, "a [10k] run", "a run"},
	{watch.Exercise, "walked [20,000 steps]", "walked some steps"},
	{watch.Exercise, "did [15k steps]", "did some steps"},
	{watch.Exercise, "burned [500]", "burned some energy"},
	{watch.Exercise, "burnt off [300 calories] at the gym", "burnt off some energy at the gym"},
	{watch.Exercise, "exercised for [2 hours]", "exercised for a while"},
	{watch.Exercise, "[three hours] at the gym", "a while at the gym"},
	{watch.Exercise, "I did [100] sit-ups", "I did some sit-ups"},
	{watch.Exercise, "swam [40 lengths]", "swam a distance"},
	{watch.Exercise, "on the treadmill for [45 minutes]", "on the treadmill for a while"},
}

var noFigures = []string{
	"I am 24 years old", "see you at 7", "3 weeks in recovery", "call 111", "0800 1111", "page 45", "100% with you",
	"I bought 5 kg of flour", "It cost 20 pounds", "I spent £45 on food", "She paid 3 pounds for it", "at 7.30pm", "21st of May", "the 1st time", "12 Stone Street",
	"two birds with one stone", "I have two cats and one dog", "ward 12", "I've been ill for 6 years", "my weight has been stable for 3 months", "weighed 3 times a day",
	"shoe size 6", "group size 8", "a class size of 30", "font size 12", "the UK 6 months ago", "I ate 3 meals", "ate at 7", "ate two biscuits", "eating well for 120 days",
	"my meal plan has 3 meals and 3 snacks", "running 10 minutes late", "walked 10 minutes to the shop", "12 steps to recovery", "I ran 3 times", "step 4 of 5", "999 in an emergency",
	"my arms hurt for 2 days", "waist deep in water", "burned 2 candles", "I burned my hand", "one day at a time", "someone weighed in", "the first one", "I'm 17", "born in 1998",
	"2026-11-22", "16:8", "no one has a clue", "take 20mg of fluoxetine", "40 pills", "chapter 3, verse 4", "My flat is number 45",
	"recovery is worth a hundred runs", "one in four", "She scored 48", "I live on the 2nd floor", "24/7 support", "I got 7 likes",
}

func TestFigures(t *testing.T) {
	for _, try := range sentences {
		plain := strings.NewReplacer("[", "", "]", "").Replace(try.text)
		figures := watch.Figures(plain)
		var got strings.Builder
		last := 0
		for _, f := range figures {
			if f.Kind != try.kind || f.Text != plain[f.Start:f.End] {
				t.Errorf("%q: %+v is no figure of %s", plain, f, try.kind)
			}
			got.WriteString(plain[last:f.Start] + "[" + f.Text + "]")
			last = f.End
		}
		if marked := got.String() + plain[last:]; marked != try.text {
			t.Errorf("got %q, want %q", marked, try.text)
		}
		if kinder := watch.Kinder(plain, figures); kinder != try.kinder {
			t.Errorf("kinder: %q, not %q", kinder, try.kinder)
		}
	}
	for _, text := range noFigures {
		if figures := watch.Figures(text); len(figures) > 0 {
			t.Errorf("%q: %+v", text, figures)
		}
		if watch.Kinder(text, nil) != text {
			t.Errorf("%q is changed", text)
		}
	}
}

func TestAKinderTextHasNoFigures(t *testing.T) {
	for _, try := range sentences {
		plain := strings.NewReplacer("[", "", "]", "").Replace(try.text)
		if kinder := watch.Kinder(plain, watch.Figures(plain)); len(watch.Figures(kinder)) > 0 {
			t.Errorf("%q still has %+v", kinder, watch.Figures(kinder))
		}
	}
}

func TestWithoutANumberThereIsNoFigure(t *testing.T) {
	words := strings.Fields(`I weigh weight goal bmi of was is size waist hips inches cm kg kilos stone st lbs pounds a an the ate eating calories kcal cal limit
		burned ran run k miles steps gym for hours minutes lost gained put on : , . ( ) - " ' % at to about only no some few ugw gw cw lw thigh dress uk body fat carbs grams of sit-ups today`)
	r := rand.New(rand.NewPCG(3, uint64(time.Now().UnixNano())))
	for range 20_000 {
		var text []string
		for range 1 + r.IntN(12) {
			text = append(text, words[r.IntN(len(words))])
		}
		if all := strings.Join(text, []string{" ", ""}[r.IntN(2)]); len(watch.Figures(all)) > 0 {
			t.Fatalf("%q: %+v", all, watch.Figures(all))
		}
	}
}

func TestNoTextOfNumbersTakesLong(t *testing.T) {
	all := nasty(100_000)
	all["numbers"] = strings.Repeat("1 ", 50_000)
	all["figures"] = strings.Repeat("I weigh 45kg, ", 7000)
	all["words"] = strings.Repeat("one hundred and ", 6000)
	for name, text := range all {
		n := 0
		took := testkit.Work(func() { n = len(watch.Figures(text)) })
		t.Logf("%s: %v, %d figures", name, took, n)
		if took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func FuzzFigures(f *testing.F) {
	for _, try := range sentences {
		f.Add(try.text)
	}
	for _, text := range noFigures {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		figures := watch.Figures(text)
		if !slices.Equal(figures, watch.Figures(text)) {
			t.Error("not the same twice")
		}
		last := 0
		for _, one := range figures {
			if one.Start < last || one.Start >= one.End || one.End > len(text) || text[one.Start:one.End] != one.Text || one.Kinder == "" {
				t.Fatalf("%+v after %d of %d", one, last, len(text))
			}
			last = one.End
		}
		if kinder := watch.Kinder(text, figures); len(figures) == 0 && kinder != text {
			t.Errorf("%q became %q", text, kinder)
		}
	})
}
