package web

import (
	"context"
	"net/http"
	"reflect"
)

// Delivery is what another server tells us by itself: its body as it came, so that
// it can be held against the signature that came with it.
type Delivery struct {
	Body      []byte
	Signature string
}

var deliveries = reflect.TypeFor[Delivery]()

// Receive binds a command by which another server tells us something in JSON. It
// is open to everybody: the use case looks at the signature, which is in the
// header of this name.
func Receive[S, Out any](r *Router[S], path, header, summary string, use func(context.Context, S, Delivery) (Out, error)) {
	b := typed(use)
	b.signature = header
	r.bind(b, http.MethodPost, path, Public, summary)
}
