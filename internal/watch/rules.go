package watch

import "regexp"

// rule is a way in which people write figures. The group of before, if it has one,
// and that of after belong to the figure.
type rule struct {
	kind          Kind
	kinder        string
	before, after *regexp.Regexp
	not           *regexp.Regexp // neither before nor after it
	context       *regexp.Regexp // somewhere in its sentence
	least, most   float64
}

const (
	ones   = `(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)`
	tens   = `(?:twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety)`
	below  = `(?:` + tens + `(?:[ -]` + ones + `)?|` + ones + `|zero)`
	worded = `(?:half(?: an?)?|(?:(?:` + below + `|a)[ -])?(?:hundred|thousand)(?:(?: and)?[ -]` + below + `(?:[ -]hundred)?)*|` + below + `)` +
		`(?: and a half| point(?: (?:zero|` + ones + `))+)?\b`
	digits = `(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)`
	number = `(?:` + digits + `|` + worded + `)`

	// filler is what may stand between a word and its number.
	filler = `(?:'s)?(?:[ ,:=~<>(*"-]+(?:is|was|of|at|to|be|been|the|now|currently|about|around|approx|approximately|roughly|exactly|nearly|almost|just|only|still|` +
		`like|over|under|above|below|less|more|than|by|from|down|up|dropped|went|hit|has|had|in|for|another|extra|today|yesterday|tonight|a|an|maximum|max|minimum|min|set|` +
		`goal|target|limit|allowance|intake|measures?|measured|were|are|am|im|i'm|it's|its|day|per|myself|kept|keep))*[ ,:=~<>(*"-]*$`

	mass     = `(?:kgs?|kilos?|kilogram(?:me)?s?)\b`
	pounds   = `(?:lbs?|pounds?)\b`
	length   = `(?:"|''|inch(?:es)?\b|ins?\b|cms?\b|centimet(?:re|er)s?\b)`
	part     = `(?:waist|hips?|thighs?|thigh gap|wrists?|chest|bust|underbust|arms?|stomach|tummy|belly|neck|calf|calves)`
	energy   = `(?:k ?cals?|cals?|calories?|kilocalories?|kilojoules?|kj)\b`
	distance = `(?:k|kms?|kilomet(?:re|er)s?|mi|miles?|m|met(?:re|er)s|laps?|lengths?)\b`
	span     = `(?:hours?|hrs?|minutes?|mins?)\b`
	moved    = `(?:ran|runs?|running|jog(?:s|ged|ging)?|walk(?:s|ed|ing)?|swam|swims?|swimming|swum|cycl(?:e|ed|es|ing)|row(?:s|ed|ing)?|hik(?:e|ed|es|ing)|bik(?:e|ed|es|ing)|treadmill)`
	worked   = `(?:ran|running|jog(?:ged|ging)?|swam|swimming|cycled|cycling|rowed|rowing|exercis(?:e|ed|es|ing)|work(?:ed|ing)? ?outs?|gym|cardio|treadmill|cross ?trainer|elliptical|hiit|plank(?:ed|ing)?)`
	moves    = `(?:sit[ -]?ups?|push[ -]?ups?|press[ -]?ups?|pull[ -]?ups?|crunches|squats|burpees|lunges|star ?jumps|jumping ?jacks)\b`
)

var (
	numbers = regexp.MustCompile(`\b` + number + `(?: ?(?:-|to|or) ?` + number + `)?`)

	// counted is what makes a number one of something else.
	counted = regexp.MustCompile(`^(?:[:/]\d| ?%| ?-?(?:years?|yrs?|y/?o|months?|weeks?|wks?|days?|nights?|hours?|hrs?|minutes?|mins?|seconds?|secs?|times?|percent|per cent|o'?clock|[ap]\.?m|` +
		`people|friends|kids|children|meals?|snacks?|things?|reasons?|pages?|st|nd|rd|th|of (?:us|them|my|the)|in (?:a|every) row)\b)`)
	// weighing is what a sentence about somebody's weight has in it.
	weighing = regexp.MustCompile(`\b(?:weigh|weight|lost|lose|losing|gain|put on|putting on|dropp|shed|heavier|lighter|scales?|stone|overweight|underweight|bmi|body|went up|gone up|went down|gone down|i'm|i am|i was)`)
	changed  = regexp.MustCompile(`\b(?:lost|lose|losing|gain(?:ed|ing)?|put on|putting on|dropped|shed|shift(?:ed)?)` + filler)
	// goods are weighed too.
	goods = regexp.MustCompile(`^ (?:of (?:[a-z]*[a-z])|bags?|sacks?|boxe?s?|packets?|parcels?|suitcases?|bab(?:y|ies)|turkey|dumb-?bells?|kettle-?bells?)\b|\b(?:paid|pay|pays|costs?|spent|spend|price|worth|owe|earn|saved|bought|for only)` + filler)
	// otherSizes are of what nobody wears on the body, or of nothing worn.
	otherSizes = regexp.MustCompile(`\b(?:shoe|foot|feet|group|class|font|file|sample|family|party|team|room|bed|page|text|ring|step|bite|king|queen) size|^ (?:feet|shoes?|boots?|trainers|font|group|class|paper|batter(?:y|ies)|envelopes?|needles?|eggs?)`)
	worn       = regexp.MustCompile(`\b(?:size|dress|jeans|trousers|leggings|skirt|clothes|wear|wearing|fit|fits)\b`)
	late       = regexp.MustCompile(`^ ?(?:late|early|behind|away|from|to (?:the )?(?:shop|work|school|bus))\b`)
)

var re = regexp.MustCompile

// rules are tried in this order.
var rules = []rule{
	// Exercise
	{kind: Exercise, kinder: "some energy", before: re(`\bburn(?:ed|t|s|ing)?(?: off)?` + filler), after: re(`^( ?-?` + energy + `)`)},
	{kind: Exercise, kinder: "some energy", before: re(`\bburn(?:ed|t|s|ing)?(?: off)?` + filler), least: 50, not: re(`^ (?:of|books?|candles?|trees?|houses?|pounds?)\b`)},
	{kind: Exercise, kinder: "a distance", before: re(`\b` + moved + filler), after: re(`^( ?-?` + distance + `)`)},
	{kind: Exercise, kinder: "a distance", after: re(`^( ?-?(?:k|kms?|miles?|met(?:re|er)s?|laps?|lengths?))[ -](?:runs?|jogs?|walks?|swims?|hikes?|cycles?|bike rides?|rides?)\b`)},
	{kind: Exercise, kinder: "some steps", after: re(`^(k? ?steps\b)`), least: 500},
	{kind: Exercise, kinder: "some steps", after: re(`^(k ?steps\b)`)},
	{kind: Exercise, kinder: "a while", before: re(`\b` + worked + filler), after: re(`^( ?-?` + span + `)`), not: late},
	{kind: Exercise, kinder: "a while", after: re(`^( ?-?` + span + `) (?:of (?:cardio|exercise|running|hiit)|(?:in|at|on) the (?:gym|treadmill|cross ?trainer|exercise bike|elliptical))\b`)},
	{kind: Exercise, kinder: "some", after: re(`^() ?` + moves)},
	// Food
	{kind: Calories, kinder: "some calories", after: re(`^( ?-?` + energy + `)`)},
	{kind: Calories, kinder: "some", after: re(`^( ?(?:g|gs|grams?)\b(?: of)?) (?:carbs?|carbohydrates?|fats?|sugars?|protein|fibre)\b`)},
	{kind: Calories, kinder: "a number", before: re(`\b(?:calories|calorie|cals?|kcals?|calorific intake|intake)` + filler), least: 20},
	{kind: Calories, kinder: "some food", before: re(`\b(?:ate|eat|eats|eaten|eating|restrict(?:ed|ing)?|consumed?|consuming)` + filler), least: 100},
	// Body
	{kind: Body, kinder: "a number", before: re(`\bbmi` + filler)},
	{kind: Body, kinder: "a number", after: re(`^() bmi\b`)},
	{kind: Body, kinder: "a certain size", before: re(`\b((?:(?:uk|us|eu) )?size )$`), not: otherSizes, most: 60},
	{kind: Body, kinder: "a number", before: re(`\bsize` + filler), not: otherSizes, most: 60},
	{kind: Body, kinder: "a certain size", before: re(`\b((?:uk|us|eu) )$`), context: worn, most: 60},
	{kind: Body, kinder: "a number", before: re(`\b` + part + filler), after: re(`^( ?-?` + length + `)`)},
	{kind: Body, kinder: "a number", before: re(`\b(?:waist|hips|bust|underbust|thighs?)` + filler), least: 10},
	{kind: Body, kinder: "a number", after: re(`^( ?-?` + length + `)[ -]` + part + `\b`)},
	{kind: Body, kinder: "a number", before: re(`\bbody ?fat(?: percentage)?` + filler), after: re(`^( ?%?)`)},
	{kind: Body, kinder: "some", after: re(`^( ?%) body ?fat\b`)},
	// Weight
	{kind: Weight, kinder: "a number", after: re(`^( ?-?` + mass + `)`), not: goods},
	{kind: Weight, kinder: "a number", after: re(`^( ?-?(?:stones?|st)(?:,? (?:and )?` + number + `|` + digits + `)(?: ?` + pounds + `)?)`), most: 60},
	{kind: Weight, kinder: "a number", after: re(`^( ?-?(?:stones?|st)\b)`), context: weighing, most: 60, not: re(`\bbirds with one$|^ (?:road|street|avenue|floor|place|walls?|steps?|house|of|in the)\b`)},
	{kind: Weight, kinder: "a number", after: re(`^( ?-?lbs?\b)`), not: goods},
	{kind: Weight, kinder: "a number", after: re(`^( ?-?pounds?\b)`), context: weighing, not: goods},
	{kind: Weight, kinder: "a number", before: re(`\b(?:u?gw\d?|[hls]w|(?:goal|target|highest|lowest|current|starting|ideal) weight)` + filler), least: 5},
	{kind: Weight, kinder: "a number", before: re(`\b(?:weigh(?:s|ed|ing)?(?: in)?|weight|cw)` + filler), least: 20},
}
