package gifts

import (
	"slices"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Drawing is one of SHaRON's own: Name is what the gift is called unless a lead
// calls it otherwise, Alt what is to be seen.
type Drawing struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Alt  string `json:"alt"`
}

// drawings are all there are; each is a file of assets.
var drawings = []Drawing{
	{"hugging-face", "A hug", "A smiling face with open hands"},
	{"red-heart", "A heart", "A red heart"},
	{"heart-with-ribbon", "A heart with a bow", "A pink heart with a yellow ribbon"},
	{"hot-beverage", "A hot drink, still hot", "A steaming cup"},
	{"teapot", "A pot of tea", "A teapot"},
	{"cookie", "The last biscuit", "A biscuit with chocolate drops"},
	{"cupcake", "A cupcake", "A cupcake with icing"},
	{"shortcake", "A slice of cake", "A slice of cake with a strawberry"},
	{"birthday-cake", "A birthday cake", "A cake with candles"},
	{"strawberry", "A strawberry", "A strawberry"},
	{"honey-pot", "A pot of honey", "A pot of honey with a spoon"},
	{"baby-bottle", "A warm bottle", "A baby’s bottle of milk"},
	{"teddy-bear", "A teddy", "A teddy bear"},
	{"socks", "A pair of socks that match", "A pair of socks"},
	{"yarn", "Something knitted", "A ball of wool"},
	{"bed", "A nap", "A bed with a pillow"},
	{"scarf", "A warm scarf", "A scarf"},
	{"umbrella", "An umbrella", "An umbrella"},
	{"bouquet", "A bunch of flowers", "A bunch of flowers"},
	{"sunflower", "A sunflower", "A sunflower"},
	{"tulip", "A tulip", "A pink tulip"},
	{"rose", "A rose", "A red rose"},
	{"cherry-blossom", "Blossom", "A pink cherry blossom"},
	{"potted-plant", "A plant", "A plant in a pot"},
	{"seedling", "A small beginning", "A seedling with two leaves"},
	{"four-leaf-clover", "Good luck", "A clover with four leaves"},
	{"sun-with-face", "A bit of sun", "A smiling sun"},
	{"rainbow", "A rainbow", "A rainbow"},
	{"crescent-moon", "A quiet night", "A crescent moon"},
	{"glowing-star", "A star for you", "A shining star"},
	{"sparkles", "A bit of sparkle", "Three sparkles"},
	{"candle", "A light in the window", "A lit candle"},
	{"balloon", "A balloon", "A red balloon"},
	{"kite", "A kite", "A kite"},
	{"butterfly", "A butterfly", "An orange butterfly"},
	{"hedgehog", "A hedgehog", "A hedgehog"},
	{"owl", "An owl for the night", "An owl"},
	{"duck", "A duck", "A duck"},
	{"books", "A good book", "A pile of books"},
	{"headphone", "A song", "A pair of headphones"},
	{"puzzle-piece", "The missing piece", "A piece of a puzzle"},
	{"artist-palette", "Some colour", "A painter’s palette"},
}

func drawingOf(key string) (Drawing, bool) {
	at := slices.IndexFunc(drawings, func(d Drawing) bool { return d.Key == key })
	if at < 0 {
		return Drawing{}, false
	}
	return drawings[at], true
}

// usual is for areas that have no gifts of their own. Nobody in an eating disorders
// service is given food; new parents are given what they go without.
var usual = []string{"hugging-face", "red-heart", "hot-beverage", "cookie", "bouquet", "potted-plant", "seedling", "four-leaf-clover", "rainbow", "candle", "umbrella", "books", "headphone", "hedgehog"}

// Preset is the catalogue of a service that never changed it. Its ids follow
// from the service, so that they are the same before and after it is stored.
func Preset(service *tenants.Service) []Kind {
	area, _ := areas.Of(string(service.Area))
	chosen := area.Gifts
	if len(chosen) == 0 {
		chosen = usual
	}
	kinds := make([]Kind, len(chosen))
	for i, art := range chosen {
		d, _ := drawingOf(art)
		kinds[i] = Kind{ID: uuid.NewSHA1(service.ID, []byte("gift "+art)), Art: d.Key, Name: d.Name, Alt: d.Alt, Position: i + 1, AddedAt: service.CreatedAt}
	}
	return kinds
}
