"""What is made of a lesson that is over, to find one's way in it: poster, thumbnails, the text of its screen."""
