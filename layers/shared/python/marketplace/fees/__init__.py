"""What the marketplace takes: published commission rules, agreements with sellers, and VAT on the commission."""
