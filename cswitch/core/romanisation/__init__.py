"""Words of South Asian languages in Latin letters, as the people who speak them type them."""
