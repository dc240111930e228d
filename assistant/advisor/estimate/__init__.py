"""What each way would cost, need and take, from facts, assumptions and dated prices; decides nothing."""
