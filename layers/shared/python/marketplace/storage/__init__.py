"""DynamoDB through pynamodb: what every area's store is made of."""
