package queue

import (
	"testing"

	"example.com/shop"
)

func TestPrices(t *testing.T) {
	t.Run("of the whole cart", func(t *testing.T) { shop.Begin("twin") })
}
